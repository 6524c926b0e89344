package io.nimoshake.dynamodb.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;

/**
 * Makes parsers and generators for the JSON of items. They refuse nothing for its size, because the
 * service already limits that: an item to 400 KB, a name to 65,535 bytes. Jackson's own limit for a
 * name is 50,000 characters.
 *
 * @see <a href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html">
 *     Quotas in Amazon DynamoDB</a>
 */
public final class ItemJson {
  /** Thread-safe. */
  public static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private ItemJson() {}
}
