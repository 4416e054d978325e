/**
 * Words of absence management and of signing in that stand on every page of such a product: with a year behind one
 * of them they are what people here choose and what somebody guessing tries, whatever the tenant (ASVS 6.1.2). As
 * `foldWord` gives them, without anything between the letters. Plurals and compounds need no line of their own:
 * what they add is too short to count as somebody's own.
 */
export const TRADE_WORDS: readonly string[] = [
  'verzuim',
  'verzuimsysteem',
  'ziek',
  'ziekte',
  'ziekmelding',
  'ziekmelden',
  'betermelding',
  'herstelmelding',
  'melding',
  'reintegratie',
  'arbo',
  'arbodienst',
  'arboarts',
  'bedrijfsarts',
  'poortwachter',
  'werkgever',
  'werknemer',
  'medewerker',
  'leidinggevende',
  'casemanager',
  'manager',
  'hrmanager',
  'hradviseur',
  'personeel',
  'personeelszaken',
  'inloggen',
  'aanmelden',
  'wachtwoord',
  'welkom',
  'absence',
  'sickleave',
  'employer',
  'employee',
  'login',
  'password',
  'welcome',
];
