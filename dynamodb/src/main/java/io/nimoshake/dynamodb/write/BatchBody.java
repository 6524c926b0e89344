package io.nimoshake.dynamodb.write;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Slice;
import java.util.List;

/**
 * Builds the body of a BatchWriteItem request from the bytes of items and keys.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html">
 *     BatchWriteItem</a>
 */
final class BatchBody {
  private static final byte[] PUT = "{\"PutRequest\":{\"Item\":".getBytes(US_ASCII);
  private static final byte[] DELETE = "{\"DeleteRequest\":{\"Key\":".getBytes(US_ASCII);
  private static final byte[] CLOSE = "}}".getBytes(US_ASCII);
  private static final byte[] END = "]}}".getBytes(US_ASCII);

  /** The most bytes of a request besides its items and keys. */
  static final int FRAME_BYTES = 2_048;

  private final byte[] bytes;
  private int length;

  private BatchBody(int length) {
    bytes = new byte[length];
  }

  /** The table's name needs no escaping: it has letters, digits, {@code _ . -} only. */
  static byte[] of(String table, List<Change> changes) {
    byte[] begin = ("{\"RequestItems\":{\"" + table + "\":[").getBytes(US_ASCII);
    int length = begin.length + END.length + changes.size() - 1;
    for (Change change : changes) {
      length += frame(change).length + content(change).length() + CLOSE.length;
    }
    BatchBody body = new BatchBody(length);
    body.add(begin, 0, begin.length);
    boolean first = true;
    for (Change change : changes) {
      if (!first) {
        body.bytes[body.length++] = ',';
      }
      first = false;
      body.add(frame(change), 0, frame(change).length);
      Slice content = content(change);
      body.add(content.array(), content.offset(), content.length());
      body.add(CLOSE, 0, CLOSE.length);
    }
    body.add(END, 0, END.length);
    return body.bytes;
  }

  private static byte[] frame(Change change) {
    return change instanceof Change.Upsert ? PUT : DELETE;
  }

  private static Slice content(Change change) {
    return change instanceof Change.Upsert upsert ? upsert.document() : change.key().encoded();
  }

  private void add(byte[] from, int offset, int count) {
    System.arraycopy(from, offset, bytes, length, count);
    length += count;
  }
}
