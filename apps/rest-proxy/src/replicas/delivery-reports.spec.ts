import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DeliveryReports } from './delivery-reports.ts';
import { PeerConnections } from './peer-connections.ts';

let owner: Server;
let address: string;
let told: string[];
let drops: number;
let hold: boolean;
let held: ServerResponse[];
let connections: PeerConnections;
let reports: DeliveryReports;

beforeEach(async () => {
  told = [];
  drops = 0;
  hold = false;
  held = [];
  owner = createServer((req, res) => {
    void text(req).then((body) => {
      told.push(`${req.method} ${req.url} ${body}`);
      if (hold) held.push(res);
      else if (drops-- > 0) res.destroy();
      else res.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => {
    owner.listen(0, '127.0.0.1', resolve);
  });
  address = `http://127.0.0.1:${(owner.address() as AddressInfo).port}`;
  connections = new PeerConnections({ secret: 's', tls: {}, checksHost: true });
  reports = new DeliveryReports(connections);
});

afterEach(async () => {
  await connections.close();
  owner.close();
});

async function toldAll(): Promise<readonly string[]> {
  await vi.waitFor(() => expect(reports.pending).toBe(0));
  return told;
}

describe('DeliveryReports', () => {
  it('tells what became of one answer', async () => {
    reports.fateOf(address, 'a/1').confirm();
    expect(reports.pending).toBe(1);

    expect(await toldAll()).toEqual(['POST /replica/deliveries/a%2F1/confirm ']);
  });

  it('tells of many that end at once in one request, in their order', async () => {
    reports.fateOf(address, 'a').confirm();
    reports.fateOf(address, 'b').hold(5);
    reports.fateOf(address, 'a').abandon();
    expect(reports.pending).toBe(3);

    expect(await toldAll()).toEqual(['POST /replica/deliveries a/confirm\nb/hold?ms=5\na/abandon']);
  });

  it('tells all of them when they are more than one request takes', async () => {
    for (let i = 0; i < 450; i++) reports.fateOf(address, `d${i}`).confirm();

    const lines = (await toldAll()).flatMap((each) => each.split(' ')[2]?.split('\n') ?? []);
    expect(told).toHaveLength(3);
    expect(lines.sort()).toEqual(Array.from({ length: 450 }, (_, i) => `d${i}/confirm`).sort());
  });

  it('tells what comes meanwhile when an answer is there, two requests at a time', async () => {
    hold = true;
    for (const id of ['a', 'b', 'c', 'd']) {
      reports.fateOf(address, id).confirm();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await vi.waitFor(() => expect(held).toHaveLength(2));
    expect(told).toHaveLength(2);
    hold = false;
    held.shift()?.writeHead(204).end();
    await vi.waitFor(() => expect(told).toHaveLength(3));
    held.shift()?.writeHead(204).end();

    expect(await toldAll()).toEqual([
      expect.stringContaining('/a/confirm'),
      expect.stringContaining('/b/confirm'),
      'POST /replica/deliveries c/confirm\nd/confirm',
    ]);
  });

  it('gives what waits to a request that goes the same way', async () => {
    reports.fateOf(address, 'a').confirm();
    reports.fateOf(address, 'b').hold(5);
    const along = reports.alongTo(address);
    expect(along?.header).toBe('a/confirm,b/hold?ms=5');
    expect(reports.alongTo(address)).toBeUndefined();
    expect(reports.pending).toBe(2);
    reports.fateOf(address, 'c').confirm();
    along?.ended(true);

    expect(await toldAll()).toEqual(['POST /replica/deliveries/c/confirm ']);
  });

  it('tells again what a request took along that got nowhere', async () => {
    reports.fateOf(address, 'a').confirm();
    reports.fateOf(address, 'b').confirm();
    const along = reports.alongTo(address);
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual([]);
    along?.ended(false);

    expect(await toldAll()).toEqual(['POST /replica/deliveries a/confirm\nb/confirm']);
  });

  it('has told all when the process ends', async () => {
    reports.fateOf(address, 'a').confirm();
    await reports.allTold(5_000);
    expect(told).toEqual(['POST /replica/deliveries/a/confirm ']);

    hold = true;
    reports.fateOf(address, 'b').confirm();
    await reports.allTold(20);
    expect(reports.pending).toBe(1);
    await vi.waitFor(() => expect(held).toHaveLength(1));
    held.shift()?.writeHead(204).end();
    await toldAll();
  });

  it('says where it can be asked, and asks others', async () => {
    const askable = new DeliveryReports(connections, 'http://me:8083');
    let has = true;
    askable.fateOf(address, 'a/1').confirm(() => Promise.resolve(has));
    expect(await askable.stillHas('a/1')).toBe(true);
    has = false;
    expect(await askable.stillHas('a/1')).toBe(false);
    expect(await askable.stillHas('another')).toBe(true);
    expect(await askable.ask(address, 'b/1')).toBe(true);
    await vi.waitFor(() => expect(askable.pending).toBe(0));
    expect(told.toSorted()).toEqual([
      'GET /replica/answers/b%2F1 ',
      'POST /replica/deliveries/a%2F1/confirm?at=http%3A%2F%2Fme%3A8083 ',
    ]);
  });

  it('tells again when the connection breaks', async () => {
    drops = 1;
    reports.fateOf(address, 'a').confirm();
    reports.fateOf(address, 'b').confirm();

    expect(await toldAll()).toEqual(Array.from({ length: 2 }, () => told[0]));
    expect(told[0]).toBe('POST /replica/deliveries a/confirm\nb/confirm');
  });
});
