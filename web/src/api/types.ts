import type { components } from "@/api/schema";

type Schemas = components["schemas"];

export type About = Schemas["About"];
export type CachedModel = Schemas["CachedModel"];
export type Catalog = Schemas["Catalog"];
export type Entry = Schemas["Entry"];
export type EventPage = Schemas["EventPage"];
export type Field = Schemas["Field"];
export type Fix = Schemas["Fix"];
export type Format = Schemas["Format"];
export type Job = Schemas["Job"];
export type JobPage = Schemas["JobPage"];
export type JobStage = Schemas["JobStage"];
export type JobState = Job["state"];
export type Listing = Schemas["Listing"];
export type Plan = Schemas["Plan"];
export type PlanTotals = Schemas["PlanTotals"];
export type Preflight = Schemas["Preflight"];
export type Problem = Schemas["Problem"];
export type Recipe = Schemas["Recipe"];
export type Session = Schemas["Session"];
export type Settings = Schemas["Settings"];
export type System = Schemas["System"];

/** The fields of a request: the article's JSON body. */
export type Fields = Record<string, unknown>;
