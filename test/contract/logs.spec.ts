import { describe, expect, it, vi } from 'vitest';
import { ContractApp } from '../support/contract-app.ts';

async function using(
  settings: Record<string, string>,
  use: (app: ContractApp) => Promise<void>,
): Promise<void> {
  const app = await ContractApp.start(settings);
  app.kafka.cluster.createTopic('t1');
  try {
    await use(app);
  } finally {
    await app.close();
  }
}

const produce = {
  method: 'POST',
  headers: {
    'Content-Type': 'application/vnd.kafka.json.v2+json',
    'X-Request-Id': 'r1',
    Authorization: 'Basic c2VjcmV0LWF1dGg=',
  },
  body: '{"records":[{"key":"secret-key","value":"secret-value"},{"value":1}]}',
};

describe('the log', () => {
  it('has one line a request, with what one needs and nothing that may be secret', async () => {
    await using({}, async (app) => {
      const answer = await app.request('/topics/t1?token=secret-token', produce);
      expect(answer.status).toBe(200);
      await vi.waitFor(() => expect(app.logs.filter(({ msg }) => msg === 'request')).toHaveLength(1));
      const [line] = app.logs.filter(({ msg }) => msg === 'request');
      expect(line).toEqual({
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
        requestId: 'r1',
        client: '127.0.0.1',
        method: 'POST',
        path: '/topics/t1',
        endpoint: 'api.v2.produce-to-topic.json',
        status: 200,
        records: 2,
        bytesIn: produce.body.length,
        bytesOut: answer.text.length,
        durationMs: expect.any(Number) as number,
        msg: 'request',
      });
      expect(JSON.stringify(app.logs)).not.toMatch(/secret|c2VjcmV0/);
    });
  });

  it('log.requests=false leaves that line out', async () => {
    await using({ 'log.requests': 'false' }, async (app) => {
      await app.request('/topics');
      expect(app.logs.filter(({ msg }) => msg === 'request')).toEqual([]);
    });
  });

  it('log.level=warn is quiet while all is well', async () => {
    await using({ 'log.level': 'warn' }, async (app) => {
      await app.request('/topics');
      expect(app.logs).toEqual([]);
    });
  });
});
