import { describe, expect, it } from 'vitest';
import { inventoryEntry, parseInventory } from '../../../src/bucket/inventory.ts';

describe('an inventory', () => {
  it('is read as production writes it, times with a fraction and ETags with quotes', () => {
    const inventory = parseInventory(`{
      "2025-boston.sqlite3": {
        "etag": "\\"9bb58f26192e4ba00f01e2e7b136bbd8\\"",
        "date": "2025-11-15 - 2025-11-16",
        "last_modified": "2025-11-19 12:00:00.123456789 UTC"
      },
      "2025-lima.sqlite3": { "etag": "x-2", "date": null, "last_modified": "2025-11-19 12:00:00 UTC" }
    }`);
    expect(inventoryEntry(inventory?.get('2025-boston.sqlite3'))).toEqual({
      etag: '9bb58f26192e4ba00f01e2e7b136bbd8',
      date: '2025-11-15 - 2025-11-16',
      time: new Date('2025-11-19T12:00:00.123Z'),
    });
    expect(inventoryEntry(inventory?.get('2025-lima.sqlite3'))).toEqual({
      etag: 'x-2',
      date: null,
      time: new Date('2025-11-19T12:00:00Z'),
    });
  });

  it.each(['', '[]', 'null', '"text"', '{', '12', '\0'])('is refused if its text is %j', (text) => {
    expect(parseInventory(text)).toBeNull();
  });

  it('keeps what it does not understand, a key called __proto__ too', () => {
    const inventory = parseInventory('{"__proto__": {"etag": "x"}, "a.sqlite3": 7}');
    expect([...(inventory?.keys() ?? [])]).toEqual(['__proto__', 'a.sqlite3']);
  });

  it.each([
    undefined,
    null,
    7,
    'text',
    [],
    {},
    { etag: 'x' },
    { etag: '', last_modified: '2025-11-19 12:00:00 UTC' },
    { etag: 5, last_modified: '2025-11-19 12:00:00 UTC' },
    { etag: 'x', last_modified: 'yesterday' },
    { etag: 'x', last_modified: 1763553600 },
    { etag: 'x', last_modified: '2025-13-19 12:00:00 UTC' },
  ])('has no valid entry in %j', (value) => {
    expect(inventoryEntry(value)).toBeNull();
  });

  it('has no valid entry if its time is more than a day ahead of the clock', () => {
    const entry = { etag: 'x', last_modified: '2026-06-02 13:00:01 UTC' };
    expect(inventoryEntry(entry, new Date('2026-06-01T12:00:00Z'))).toBeNull();
    expect(inventoryEntry(entry, new Date('2026-06-01T12:00:01Z'))).not.toBeNull();
  });

  it('may begin with a byte order mark', () => {
    expect(parseInventory('\ufeff{ "2025-boston.sqlite3": {} }')).toEqual(
      new Map([['2025-boston.sqlite3', {}]]),
    );
  });

  it('speaks of the same version whether or not its ETag has quotes', () => {
    const etags = ['"abc"', 'W/"abc"', 'abc'].map(
      (etag) => inventoryEntry({ etag, last_modified: '2026-01-01 00:00:00 UTC' })?.etag,
    );
    expect(etags).toEqual(['abc', 'abc', 'abc']);
  });
});
