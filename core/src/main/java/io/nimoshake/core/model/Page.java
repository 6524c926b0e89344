package io.nimoshake.core.model;

import java.util.List;

/**
 * A page of a split, as it is written.
 *
 * @param split where it was read
 * @param from where the page before it ended; the beginning, or the position of a page of the split
 *     that is durable
 * @param to where it ends
 * @param changes changes of distinct keys
 */
public record Page(Split split, Position from, Position to, List<Change> changes) {}
