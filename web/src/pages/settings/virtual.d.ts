declare module "virtual:licences" {
  /** The packages of which parts are in the page, and theirs in turn. */
  const licences: { name: string; version: string; licence: string; link: string | null }[];
  export default licences;
}
