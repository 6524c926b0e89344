/**
 * Compares both sides, for {@code check}. It shares no code with the conversion: another JSON
 * parser reads the items, and the rules are written a second time. So it finds mistakes of the
 * conversion.
 */
package io.nimoshake.dynamodb.compare;
