package io.nimoshake.setup.config;

import static io.nimoshake.setup.config.ConfigKey.key;
import static io.nimoshake.setup.config.ValueType.choice;

import io.nimoshake.dynamodb.back.DateForm;

/** The way back from MongoDB to DynamoDB. */
public final class BackKeys {
  private BackKeys() {}

  public static final ConfigKey<DateForm> DATE =
      key(
              "back.date",
              choice(
                  "iso8601", DateForm.ISO8601,
                  "epoch_seconds", DateForm.EPOCH_SECONDS,
                  "epoch_millis", DateForm.EPOCH_MILLIS),
              "What a date becomes in DynamoDB that an application wrote to MongoDB. iso8601: a"
                  + " string such as 2026-11-28T12:00:03Z. epoch_seconds, epoch_millis: a number"
                  + " since 1970. A date that the mapping made becomes what it was, whatever is set"
                  + " here.")
          .byDefault("iso8601");

  static final ConfigSection SECTION =
      ConfigSection.of("The way back from MongoDB to DynamoDB", DATE);
}
