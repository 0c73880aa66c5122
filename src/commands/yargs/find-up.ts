/** Stands in for escalade in the bundle, with which yargs looks for settings of its own in a package.json: we have none. */
export default function findUp(): undefined {
  return undefined;
}
