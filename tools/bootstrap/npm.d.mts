/** The path of `npm-cli.js`, to be run with a `node`; undefined when there is no npm. */
export function findNpm(): string | undefined;
