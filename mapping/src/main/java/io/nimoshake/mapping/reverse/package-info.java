/**
 * The way from documents back to items. {@link io.nimoshake.mapping.reverse.MappedTable} takes the
 * steps of a rule backwards; it accepts an item only if the rules, by {@code plain}, make the
 * document of it again.
 */
package io.nimoshake.mapping.reverse;
