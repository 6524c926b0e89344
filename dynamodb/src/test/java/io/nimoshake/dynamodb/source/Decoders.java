package io.nimoshake.dynamodb.source;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.FieldNames;
import io.nimoshake.dynamodb.client.DynamoSettings;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.dynamodb.convert.NumberOverflow;
import io.nimoshake.dynamodb.convert.PageDecoder;

/** Sources whose items stay DynamoDB JSON, so that tests see what was read and nothing else. */
final class Decoders {
  /** An answer of DescribeTable: table {@code table} with the key {@code h}, a string. */
  static final String TABLE =
      "{\"Table\":{\"TableName\":\"table\",\"TableStatus\":\"ACTIVE\","
          + "\"AttributeDefinitions\":[{\"AttributeName\":\"h\",\"AttributeType\":\"S\"}],"
          + "\"KeySchema\":[{\"AttributeName\":\"h\",\"KeyType\":\"HASH\"}],"
          + "\"StreamSpecification\":{\"StreamEnabled\":true},\"LatestStreamArn\":\"arn\"}}";

  private static final ConvertOptions AS_IS =
      new ConvertOptions(ConvertType.SAME, new FieldNames(false, "pre"), NumberOverflow.STRING);

  private Decoders() {}

  static DynamoSource source(DynamoSettings settings, ReadOptions options) throws Fault {
    return new DynamoSource(settings, options, schema -> new PageDecoder(schema, AS_IS));
  }
}
