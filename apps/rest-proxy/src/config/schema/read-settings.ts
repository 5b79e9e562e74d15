import type { Findings } from './findings.ts';
import type { RawSetting, RawSettings } from '../sources/raw-settings.ts';
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
  const value = parse(setting, raw, findings);
  if (raw.value.trim() !== setting.defaultText && setting.stance.kind !== 'honoured') {
    takeStance(setting, raw, findings);
  }
  return value;
};

const parse = (setting: Setting<unknown>, raw: RawSetting, findings: Findings): unknown => {
  try {
    return setting.parse(raw.value.trim());
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    findings.problem(raw, setting.secret ? error.message : `${error.message}, was "${raw.value}"`);
    return setting.fallback;
  }
};

const takeStance = ({ stance }: Setting<unknown>, raw: RawSetting, findings: Findings): void => {
  switch (stance.kind) {
    case 'refused':
      findings.problem(raw, `refused: ${stance.why}`);
      return;
    case 'not supported':
      findings.warning(raw, `has no effect here: ${stance.why}`);
      return;
    case 'honoured':
    case 'no effect':
      return;
  }
};
