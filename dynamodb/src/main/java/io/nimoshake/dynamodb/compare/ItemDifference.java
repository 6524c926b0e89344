package io.nimoshake.dynamodb.compare;

import java.util.Optional;

/**
 * One difference between source and target.
 *
 * @param path the attribute, as in {@code lines[2].price}; empty for the item as a whole
 * @param source the source's value as DynamoDB JSON; empty if the source has none
 * @param target the target's value as JSON (MongoDB's extended JSON, or DynamoDB JSON); empty if
 *     the target has none
 */
public record ItemDifference(String path, Optional<String> source, Optional<String> target) {}
