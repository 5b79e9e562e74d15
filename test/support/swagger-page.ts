import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Locator, type Page } from 'playwright-core';

const executablePath = process.env['KRP_TEST_CHROMIUM'] ?? '/usr/bin/chromium';

/** Nothing that calls home; QUIC off for sandboxes without UDP. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What the page shows of an answer. */
export interface ShownAnswer {
  readonly status: string;
  readonly body: string;
}

/** The Swagger UI page in a real browser. */
export class SwaggerPage {
  private constructor(
    private readonly context: BrowserContext,
    private readonly userDataDir: string,
    readonly page: Page,
    /** What the browser complained about: errors of scripts, refused by policy, files that did not come. */
    readonly complaints: readonly string[],
    /** Hosts that the page asked for anything. */
    readonly hosts: ReadonlySet<string>,
  ) {}

  /** @throws when there is no Chromium: `apt-get install chromium` */
  static async open(url: string): Promise<SwaggerPage> {
    const userDataDir = mkdtempSync(join(tmpdir(), 'chromium-'));
    const context = await chromium.launchPersistentContext(userDataDir, {
      executablePath,
      headless: true,
      args: flags,
      viewport: { width: 1280, height: 1600 },
    });
    const page = context.pages()[0] ?? (await context.newPage());
    const complaints: string[] = [];
    const hosts = new Set<string>();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // The browser reports every 4xx of "Try it out" as an error too.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (request.url().startsWith('http')) hosts.add(new URL(request.url()).host);
    });
    page.on('requestfailed', (request) => complaints.push(`${request.url()} did not come`));
    await page.goto(url);
    await page.locator('.opblock').first().waitFor();
    return new SwaggerPage(context, userDataDir, page, complaints, hosts);
  }

  /** The block of an operation, unfolded. */
  async operation(operationId: string): Promise<SwaggerOperation> {
    const block = this.page.locator(`[id$="-${operationId}"]`);
    if ((await block.locator('.opblock-body').count()) === 0) {
      await block.locator('.opblock-summary-control').click();
    }
    await block.locator('button.execute').waitFor();
    return new SwaggerOperation(block);
  }

  async close(): Promise<void> {
    await this.context.close();
    rmSync(this.userDataDir, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** "Try it out" of one operation, as somebody with a mouse uses it. */
export class SwaggerOperation {
  constructor(private readonly block: Locator) {}

  async fill(parameter: string, value: string): Promise<this> {
    await this.block.locator(`tr[data-param-name="${parameter}"] input`).fill(value);
    return this;
  }

  async chooseRequestType(mediaType: string): Promise<this> {
    await this.block.locator('.opblock-section-request-body select').first().selectOption(mediaType);
    return this;
  }

  async chooseAnswerType(mediaType: string): Promise<this> {
    await this.block
      .locator('tr.response[data-code="200"] .response-controls select')
      .first()
      .selectOption(mediaType);
    return this;
  }

  /** The text of the request body as the page proposes it. */
  body(): Promise<string> {
    return this.block.locator('.body-param__text').inputValue();
  }

  async fillBody(json: unknown): Promise<this> {
    await this.block.locator('.body-param__text').fill(JSON.stringify(json));
    return this;
  }

  /** Presses Execute and waits for the answer. */
  async execute(): Promise<ShownAnswer> {
    const clear = this.block.locator('button.btn-clear');
    if ((await clear.count()) > 0) await clear.click();
    await this.block.locator('.live-responses-table').waitFor({ state: 'detached' });
    await this.block.locator('button.execute').click();
    const row = this.block.locator('.live-responses-table tr.response').first();
    await row.waitFor();
    const status = await row.locator('.response-col_status').innerText();
    const code = row
      .locator('.response-col_description pre.microlight, .response-col_description pre')
      .first();
    return {
      status: status.trim().split(/\s/)[0] ?? '',
      body: (await code.count()) === 0 ? '' : await code.innerText(),
    };
  }
}
