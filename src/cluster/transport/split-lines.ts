import { StringDecoder } from 'node:string_decoder';

const mark = ' …[line cut]';

/** Text line by line as its bytes come. A line longer than `longest` characters loses its end, and says so. */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>, longest: number): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let open = '';
  let cut = false;
  const take = (piece: string): void => {
    cut ||= open.length + piece.length > longest;
    open = (open + piece).slice(0, longest);
  };
  const finish = (): string => {
    const line = cut ? open + mark : open;
    open = '';
    cut = false;
    return line;
  };
  for await (const chunk of chunks) {
    const [first = '', ...others] = decoder.write(Buffer.from(chunk)).split('\n');
    take(first);
    for (const piece of others) {
      yield finish();
      take(piece);
    }
  }
  take(decoder.end());
  if (open !== '') yield finish();
}
