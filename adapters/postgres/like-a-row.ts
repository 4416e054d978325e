import { sql } from 'kysely';

/** About what one row of the tables concerned takes in the server's log of changes. */
const ROW_BYTES = 160;

/**
 * An entry in the server's log of changes that changes nothing: whoever commits it waits for the disk just as for a row.
 * For statements that write for a known name and must take as long for an unknown one (ground rule 3).
 */
export const likeARow = sql`pg_logical_emit_message(true, 'poortwachter', repeat(' ', ${sql.lit(ROW_BYTES)}))`;
