import type { Labels } from '../labels.ts';

/** Ukrainian. */
export const UK: Labels = {
  home: 'Головна',
  studios: 'Студії',
  regions: 'Регіони',
  region: 'Регіон',
  events: 'Події',
  eventsOf: 'Події {} року',
  noEvents: 'Подій ще немає.',
  request: 'Замовити нову подію',
  requestByOwner: 'Для власників студії: замовити подію',
  allStudiosIn: 'Усі студії, {} рік',
  allEventsOf: 'Усі події: {}',
  skip: 'Перейти до вмісту',
  skipMaps: 'Пропустити карти',
  maps: { us: 'Карта США', eu: 'Карта Європи', au: 'Карта Австралії', jp: 'Карта Японії' },
};
