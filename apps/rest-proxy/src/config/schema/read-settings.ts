import type { RawSetting, RawSettings } from '../sources/raw-settings.ts';
import type { Findings } from './findings.ts';
import { InvalidValue, type Setting, type SettingTable, type ValuesOf } from './setting.ts';

/** Reads the values of a table; what is wrong becomes a finding and the default takes its place. */
export const readSettings = <Table extends SettingTable>(
  table: Table,
  raw: RawSettings,
  findings: Findings,
): ValuesOf<Table> => {
  const values = Object.entries(table).map(([key, setting]) => [
    key,
    readOne(setting, raw.get(key), findings),
  ]);
  return Object.fromEntries(values) as ValuesOf<Table>;
};

const readOne = (setting: Setting<unknown>, raw: RawSetting | undefined, findings: Findings): unknown => {
  if (raw === undefined) return setting.fallback;
  const { stance } = setting;
  const same = raw.value === '' || raw.value.toLowerCase() === setting.defaultText.toLowerCase();
  if (!same && stance.kind === 'refused') findings.problem(raw, `refused: ${stance.why}`);
  if (!same && stance.kind === 'not supported') findings.warning(raw, `has no effect: ${stance.why}`);
  try {
    return setting.parse(raw.value);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    const shown = setting.secret ? '' : `, was "${raw.value}"`;
    findings.problem(raw, `${error.message}${shown}`);
    return setting.fallback;
  }
};
