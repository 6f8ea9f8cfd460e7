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
  site: {
    kind: '社交ダンスのショーケース',
    passwords: 'イベントを開くには、スタジオのパスワードが必要です。',
    ownersOnly: 'スタジオの運営者の方へ。',
    previous: '前へ',
    next: '次へ',
    trail: '現在位置',
    around: '前後のページ',
    admin: '管理者の方へ',
    docs: '説明書',
    demo: 'デモ',
    code: 'ソースコード',
    issues: '問題を報告する',
    copy: 'このサーバーは緊急用の複製です。問題がなければ {} をご利用ください。',
  },
};
