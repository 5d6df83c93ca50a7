// Written by hand in the shape of openapi-typescript until docs/openapi.json exists; then `npm run api` replaces it.

interface Json {
  [key: string]: unknown;
}
interface Body<T> {
  content: { "application/json": T };
}
interface Answer<T> {
  headers: Json;
  content: { "application/json": T };
}
interface Empty {
  headers: Json;
  content?: never;
}
interface Text {
  headers: Json;
  content: { "text/plain": string };
}
interface Never {
  query?: never;
  header?: never;
  path?: never;
  cookie?: never;
}
interface Query<T> {
  query?: T;
  header?: never;
  path?: never;
  cookie?: never;
}
interface Path<T> {
  query?: never;
  header?: never;
  path: T;
  cookie?: never;
}
interface Both<P, Q> {
  query?: Q;
  header?: never;
  path: P;
  cookie?: never;
}
interface Operation<P, B, R> {
  parameters: P;
  requestBody: B;
  responses: R & { default: Answer<Schemas["Problem"]> };
}
interface Bare<P, R> {
  parameters: P;
  requestBody?: never;
  responses: R & { default: Answer<Schemas["Problem"]> };
}
interface Id {
  id: string;
}
interface Name {
  name: string;
}
type Get<P, T> = Bare<P, { 200: Answer<T> }>;
type Post<P, B, T> = Operation<P, Body<B>, { 200: Answer<T> }>;
type Act = Bare<Path<Id>, { 200: Answer<Schemas["Job"]> }>;

interface Schemas {
  Fix: { field: string; value: unknown; option: string };
  ProblemText: { what: string; hint: string };
  ProblemTexts: { en: Schemas["ProblemText"]; zh: Schemas["ProblemText"] };
  Problem: {
    code: string;
    what: string;
    place?: string | null;
    hint: string;
    fixes: Schemas["Fix"][];
    texts: Schemas["ProblemTexts"];
  };
  JobState:
    | "queued"
    | "planning"
    | "running"
    | "verifying"
    | "done"
    | "partial"
    | "failed"
    | "cancelled"
    | "interrupted";
  JobStage: { name: string; done_bytes: number; total_bytes: number; seconds?: number | null };
  JobAction: "pause" | "cancel" | "resume" | "retry" | "delete";
  Job: {
    id: string;
    task: "merge" | "export";
    title: string;
    state: Schemas["JobState"];
    cause?: string | null;
    waiting_for?: string | null;
    position?: number | null;
    attempt: number;
    created: string;
    started?: string | null;
    ended?: string | null;
    stage?: string | null;
    done_bytes: number;
    total_bytes: number;
    overall: number;
    rate: number;
    eta_seconds?: number | null;
    tensor?: string | null;
    stages: Schemas["JobStage"][];
    base: string;
    adapters: string[];
    output: string;
    formats: string[];
    request?: Json;
    problems?: Schemas["Problem"][];
    warnings?: Schemas["Problem"][];
    totals?: Schemas["PlanTotals"] | null;
    counts?: Json | null;
    has_plan: boolean;
    has_receipt: boolean;
    actions: Schemas["JobAction"][];
  };
  JobPage: { jobs: Schemas["Job"][]; total: number; counts: { [state: string]: number } };
  About: { name: string; summary: string; summary_zh: string; link: string; limits: string[] };
  Field: {
    name: string;
    option: string;
    tasks: string[];
    kind: "path" | "paths" | "text" | "bool" | "choice" | "bytes" | "number" | "mapping";
    values?: string[];
    default?: unknown;
  };
  Format: Schemas["About"] & { export: boolean; options: Schemas["Field"][] };
  Catalog: { adapters: Schemas["About"][]; formats: Schemas["Format"][]; fields: Schemas["Field"][] };
  Root: { path: string; free_bytes?: number | null; total_bytes?: number | null };
  Memory: { total_bytes: number; available_bytes: number };
  System: {
    version: string;
    data: string;
    roots: Schemas["Root"][];
    memory: Schemas["Memory"];
    processors: number;
    workers: number;
    memory_limit?: number | null;
    caches: string[];
    server_bytes: number;
  };
  Entry: {
    name: string;
    path: string;
    kind: "dir" | "file";
    bytes?: number | null;
    modified?: string | null;
    looks?: "model" | "adapter" | "checkpoints" | null;
  };
  Listing: { path?: string | null; parent?: string | null; entries: Schemas["Entry"][]; truncated: boolean };
  CachedModel: { id: string; path: string };
  PlanTotals: {
    bytes_read: number;
    bytes_written: number;
    peak_memory: number;
    free_disk: number;
    seconds: number;
  };
  PlanFile: { name: string; bytes: number; tensors?: number };
  PlanTensor: { name: string; dtype: string; shape: number[]; changed_by: string[]; new: boolean };
  ConfigEdit: { key: string; value?: unknown };
  Skipped: { module: string; problem: Schemas["Problem"] };
  Plan: {
    base: string;
    adapters: string[];
    names: string[];
    output: string;
    files: Schemas["PlanFile"][];
    side_files: Schemas["PlanFile"][];
    config_edits: Schemas["ConfigEdit"][];
    tensors: Schemas["PlanTensor"][];
    skipped: Schemas["Skipped"][];
    warnings: Schemas["Problem"][];
    totals: Schemas["PlanTotals"];
  };
  Preflight: {
    fits: boolean;
    task: string;
    plan?: Schemas["Plan"] | null;
    problems: Schemas["Problem"][];
    warnings: Schemas["Problem"][];
  };
  Receipt: Json;
  Inspection: Json;
  Difference: Json;
  Event: { id: number; t: string; type: string } & Json;
  EventPage: { events: Schemas["Event"][]; next?: number | null; previous?: number | null; end: boolean };
  Recipe: { name: string; task?: string | null; fields?: Json | null; text: string; format: "json" | "yaml" };
  Settings: {
    lang: "auto" | "en" | "zh";
    theme: "auto" | "light" | "dark";
    workers: number;
    memory_limit?: number | null;
  };
  Session: {
    version: string;
    authenticated: boolean;
    csrf?: string | null;
    auth: "token" | "password" | "none";
    lang: string;
  };
  Message: { en: { text: string; hint: string }; zh: { text: string; hint: string } };
}

export interface components {
  schemas: Schemas;
}

export interface paths {
  "/session": { get: Get<Never, Schemas["Session"]> };
  "/login": { post: Operation<Never, Body<{ secret: string }>, { 204: Empty }> };
  "/logout": { post: Bare<Never, { 204: Empty }> };
  "/catalog": { get: Get<Never, Schemas["Catalog"]> };
  "/system": { get: Get<Never, Schemas["System"]> };
  "/files": { get: Get<Query<{ path?: string }>, Schemas["Listing"]> };
  "/models": { get: Get<Never, Schemas["CachedModel"][]> };
  "/plan": { post: Post<Never, Json, Schemas["Preflight"]> };
  "/inspect": { post: Post<Never, { path: string; base?: string; tensors?: boolean }, Schemas["Inspection"]> };
  "/diff": { post: Post<Never, { a: string; b: string; headers?: boolean }, Schemas["Difference"]> };
  "/jobs": {
    get: Get<Query<{ state?: string; q?: string; limit?: number; offset?: number }>, Schemas["JobPage"]>;
    post: Operation<Never, Body<Json>, { 201: Answer<Schemas["Job"]> }>;
  };
  "/jobs/{id}": {
    get: Get<Path<Id>, Schemas["Job"]>;
    delete: Bare<Both<Id, { output?: "keep" | "delete" }>, { 202: Empty; 204: Empty }>;
  };
  "/jobs/{id}/pause": { post: Act };
  "/jobs/{id}/cancel": { post: Act };
  "/jobs/{id}/resume": { post: Act };
  "/jobs/{id}/retry": { post: Act };
  "/jobs/{id}/move": { post: Post<Path<Id>, { before?: string | null }, Schemas["Job"]> };
  "/jobs/{id}/plan": { get: Get<Path<Id>, Schemas["Plan"]> };
  "/jobs/{id}/receipt": { get: Get<Path<Id>, Schemas["Receipt"]> };
  "/jobs/{id}/events": {
    get: Get<
      Both<
        Id,
        {
          after?: number;
          before?: number;
          tail?: number;
          limit?: number;
          level?: string;
          q?: string;
          progress?: number;
        }
      >,
      Schemas["EventPage"]
    >;
  };
  "/jobs/{id}/log": { get: Bare<Path<Id>, { 200: Text }> };
  "/recipes": { get: Get<Never, Schemas["Recipe"][]> };
  "/recipes/{name}": {
    get: Get<Path<Name>, Schemas["Recipe"]>;
    put: Post<Path<Name>, { text?: string; format?: "json" | "yaml"; fields?: Json }, Schemas["Recipe"]>;
    delete: Bare<Path<Name>, { 204: Empty }>;
  };
  "/settings": {
    get: Get<Never, Schemas["Settings"]>;
    put: Post<Never, Schemas["Settings"], Schemas["Settings"]>;
  };
  "/messages": { get: Get<Never, { [code: string]: Schemas["Message"] }> };
}
