/**
 * Maps items as BSON bytes, in one pass and without building documents. The rules are compiled once
 * a table; {@link io.nimoshake.mapping.bytes.ItemMapper} applies them.
 */
package io.nimoshake.mapping.bytes;
