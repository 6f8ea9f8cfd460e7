/** The platform's own, which every studio gets that names none. */
export const DEFAULT_LOCALE = 'en-US';
export const DEFAULT_LOGO = 'arthur-murray-logo.gif';
