/** The data block of the page, unpacked. */
import { ReportData } from '../../wire/report-data.ts';
import { byId } from './dom.ts';

export async function loadData(): Promise<ReportData> {
  const block = byId('data');
  const bytes = fromBase64(block.textContent ?? '');
  block.remove();
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new ReportData(new Uint8Array(await new Response(inflated).arrayBuffer()));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const native = Uint8Array as unknown as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  if (native.fromBase64 !== undefined) return native.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
