import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';

import { freePort, freePorts, isPortFree } from './ports.ts';

describe('isPortFree', () => {
  it('says no while somebody listens, and yes afterwards', async () => {
    const port = await freePort();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));

    expect(await isPortFree(port)).toBe(false);

    await new Promise((resolve) => server.close(resolve));
    expect(await isPortFree(port)).toBe(true);
  });
});

describe('freePorts', () => {
  it('gives different ports', async () => {
    expect(new Set(await freePorts(20)).size).toBe(20);
  });
});
