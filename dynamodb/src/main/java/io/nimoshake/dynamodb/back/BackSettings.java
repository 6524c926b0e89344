package io.nimoshake.dynamodb.back;

import io.nimoshake.core.port.ReverseMapping;
import io.nimoshake.dynamodb.client.DynamoSettings;
import io.nimoshake.dynamodb.convert.ConvertOptions;

/**
 * How documents are written back to the tables they came from.
 *
 * @param service how to reach the tables
 * @param conversion how items became documents
 * @param mapping the way back through the mapping
 * @param dates what dates of applications become
 */
public record BackSettings(
    DynamoSettings service, ConvertOptions conversion, ReverseMapping mapping, DateForm dates) {}
