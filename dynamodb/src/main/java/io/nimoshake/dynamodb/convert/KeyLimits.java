package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.dynamodb.client.AttributeJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Which strings and binaries DynamoDB allows as a key. The service refuses every call that names
 * another key, reads and deletes, too. Numbers are not looked at: one that DynamoDB cannot hold is
 * no key in the first place.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-partition-sort-keys">
 *     Amazon DynamoDB Developer Guide, Quotas, Partition keys and sort keys: 1 to 2,048 bytes, and
 *     1 to 1,024 bytes</a>
 */
final class KeyLimits {
  private static final int MOST_PARTITION_KEY_BYTES = 2048;
  private static final int MOST_SORT_KEY_BYTES = 1024;

  private KeyLimits() {}

  /**
   * Why DynamoDB does not allow a key; empty if it does.
   *
   * @param attributes the partition key, and the sort key if there is one
   * @param source the key as DynamoDB JSON
   */
  static Optional<String> violation(List<KeyAttribute> attributes, ItemKey source) {
    Map<String, AttributeValue> values = AttributeJson.read(KeyCodec.text(source));
    for (int i = 0; i < attributes.size(); i++) {
      String name = attributes.get(i).name();
      AttributeValue value = values.get(name);
      if (attributes.get(i).type() == KeyAttribute.Type.N) {
        continue;
      }
      int bytes = bytes(value);
      int most = i == 0 ? MOST_PARTITION_KEY_BYTES : MOST_SORT_KEY_BYTES;
      if (bytes == 0) {
        return Optional.of(name + ": DynamoDB does not allow an empty key");
      }
      if (bytes > most) {
        return Optional.of(
            "%s: DynamoDB allows %d bytes in a %s key, and this one has %d"
                .formatted(name, most, i == 0 ? "partition" : "sort", bytes));
      }
    }
    return Optional.empty();
  }

  private static int bytes(AttributeValue value) {
    return value.b() == null
        ? value.s().getBytes(StandardCharsets.UTF_8).length
        : value.b().asByteArrayUnsafe().length;
  }
}
