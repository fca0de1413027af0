/** The application in Timely has to know the redirect address, so its port is the same each time. */
export const defaultRedirectPort = 8975;
