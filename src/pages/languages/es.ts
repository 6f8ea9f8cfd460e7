import type { Labels } from '../labels.ts';

/** Spanish. */
export const ES: Labels = {
  home: 'Inicio',
  studios: 'Estudios',
  regions: 'Regiones',
  region: 'Región',
  events: 'Eventos',
  eventsOf: 'Eventos de {}',
  noEvents: 'Todavía no hay eventos.',
  request: 'Solicitar un evento nuevo',
  requestByOwner: 'Para propietarios del estudio: solicitar un evento',
  allStudiosIn: 'Todos los estudios en {}',
  allEventsOf: 'Todos los eventos de {}',
  skip: 'Saltar al contenido',
  skipMaps: 'Saltar los mapas',
  maps: {
    us: 'Mapa de Estados Unidos',
    eu: 'Mapa de Europa',
    au: 'Mapa de Australia',
    jp: 'Mapa de Japón',
  },
  site: {
    kind: 'exhibiciones de baile de salón',
    passwords: 'Para abrir un evento se necesita la contraseña de su estudio.',
    ownersOnly: 'Para quienes dirigen este estudio.',
    previous: 'Anterior',
    next: 'Siguiente',
    trail: 'Usted está aquí',
    around: 'Páginas vecinas',
    admin: 'Para administradores',
    docs: 'Documentación',
    demo: 'Demostración',
    code: 'Código fuente',
    issues: 'Informar de un problema',
    copy: 'Este servidor es una copia para emergencias. Si todo funciona, use {}.',
  },
};
