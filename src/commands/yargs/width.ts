/**
 * Stands in for string-width in the bundle: our help is plain text, and the tables by which string-width measures emoji
 * would cost every run more than folding a megabyte does.
 */
export default function width(text: string): number {
  return text.length;
}
