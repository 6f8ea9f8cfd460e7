import type { Labels } from '../labels.ts';

/** Japanese. */
export const JA: Labels = {
  home: 'ホーム',
  studios: 'スタジオ',
  regions: '地域',
  region: '地域',
  events: 'イベント',
  eventsOf: '{}年のイベント',
  noEvents: 'イベントはまだありません。',
  request: '新しいイベントを申し込む',
  requestByOwner: 'スタジオのオーナーの方：イベントを申し込む',
  allStudiosIn: '{}年の全スタジオ',
  allEventsOf: '{}の全イベント',
  skip: '本文へ移動',
  skipMaps: '地図をスキップ',
  maps: { us: 'アメリカの地図', eu: 'ヨーロッパの地図', au: 'オーストラリアの地図', jp: '日本の地図' },
};
