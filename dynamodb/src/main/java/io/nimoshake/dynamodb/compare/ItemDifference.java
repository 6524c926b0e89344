package io.nimoshake.dynamodb.compare;

import java.util.Optional;

/**
 * One place in which both sides differ.
 *
 * @param path the attribute, as in {@code lines[2].price}; empty for the item as a whole
 * @param source the value there as DynamoDB JSON; empty if the source has none
 * @param target the value as the target's JSON (extended JSON of MongoDB, or DynamoDB JSON); empty
 *     if the target has none
 */
public record ItemDifference(String path, Optional<String> source, Optional<String> target) {}
