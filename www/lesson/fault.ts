/** A fault in a lesson, where it is and what to do about it. It fails the build. */
export class Fault extends Error {
  override name = 'Fault';

  constructor(
    readonly file: string,
    readonly line: number,
    readonly what: string,
  ) {
    super(`${file}:${line}: ${what}`);
  }
}
