package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.TableSchema;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Decodes responses of Scan, GetRecords and GetItem in one pass over the bytes. The documents of a
 * page share one new array; all other objects are reused for the next page.
 *
 * <p>Either the whole page is added to the batch or nothing: {@link IOException} is thrown if the
 * body is not valid JSON, does not have the form of the response, or if its {@code Count} is not
 * the number of its items. An item that cannot be converted is rejected with its key, the attribute
 * path and the whole item; the other items of the page are added.
 *
 * <p>Each method returns the response without its items, for the SDK to parse. The rest of it
 * (LastEvaluatedKey, NextShardIterator, ConsumedCapacity) is unchanged. {@code docs/conversion.md}
 * has the rules of conversion.
 *
 * <p>Not thread-safe: every reader has one of its own.
 */
public final class PageDecoder {
  private static final byte[] NOTHING = {};

  private final JsonCursor in = new JsonCursor();
  private final PageContents contents;
  private final RecordDecoder record;
  private int items;
  private Optional<String> lastEvaluatedKey = Optional.empty();
  private Optional<String> lastSequenceNumber = Optional.empty();

  public PageDecoder(TableSchema schema, ConvertOptions options) {
    ItemWriter writer =
        options.type() == ConvertType.SAME
            ? new JsonItemWriter(schema)
            : new BsonItemWriter(schema, options);
    contents = new PageContents(schema, writer);
    record = new RecordDecoder(in, contents);
  }

  /** Decodes a Scan (or Query) response: every item is an upsert. */
  public byte[] scan(byte[] body, int length, ChangeBatch.Builder into) throws IOException {
    begin(body, length);
    boolean found = false;
    int count = -1;
    int from = 0;
    int to = 0;
    if (in.enter('{', '}')) {
      do {
        int name = Envelope.name(in);
        if (name == Envelope.ITEMS) {
          rejectSecond(found);
          found = true;
          from = in.pos;
          items();
          to = in.pos;
        } else if (name == Envelope.COUNT) {
          count = count();
        } else if (name == Envelope.LAST_EVALUATED_KEY && in.peek() == '{') {
          int key = in.pos;
          Envelope.skip(in);
          lastEvaluatedKey = Optional.of(in.text(key, in.pos));
        } else {
          Envelope.skip(in);
        }
      } while (in.more('}'));
    }
    in.atEnd();
    if (!found) {
      throw new MalformedPageException("malformed response: Items is missing");
    }
    if (count >= 0 && count != items) {
      throw new MalformedPageException(
          "malformed response: it has " + items + " items, but Count is " + count);
    }
    contents.addTo(into, null);
    return letGo(body, length, from, to, "[]");
  }

  /** Decodes a GetRecords response. Records that are too old for the batch are only counted. */
  public byte[] records(byte[] body, int length, ChangeBatch.Builder into, RecordListener listener)
      throws IOException {
    begin(body, length);
    boolean found = false;
    int from = 0;
    int to = 0;
    if (in.enter('{', '}')) {
      do {
        if (Envelope.name(in) == Envelope.RECORDS) {
          rejectSecond(found);
          found = true;
          from = in.pos;
          if (in.enter('[', ']')) {
            do {
              record.read(into, listener);
              items++;
            } while (in.more(']'));
            lastSequenceNumber = Optional.of(record.sequenceNumber());
          }
          to = in.pos;
        } else {
          Envelope.skip(in);
        }
      } while (in.more('}'));
    }
    in.atEnd();
    if (!found) {
      lastSequenceNumber = Optional.empty();
      throw new MalformedPageException("malformed response: Records is missing");
    }
    contents.addTo(into, listener);
    return letGo(body, length, from, to, "[]");
  }

  /**
   * Decodes lines of a data file of an export, an item each.
   *
   * @param filter which items are wanted; others are only counted
   * @return how many items there were, with those that are not wanted
   */
  public int lines(byte[] body, int length, ChangeBatch.Builder into, Optional<JsonFilter> filter)
      throws IOException {
    begin(body, length);
    int lines = 0;
    while (in.hasMore()) {
      line(filter);
      lines++;
    }
    contents.addTo(into, null);
    into.filtered(lines - items);
    in.reset(NOTHING, 0, 0);
    return lines;
  }

  /**
   * Decodes lines of a data file of an incremental export, a changed item each: an upsert of its
   * new image, or a delete of its key if it has none.
   *
   * @param filter which items are wanted; a new image that does not pass becomes a delete of its
   *     key, as the item may have passed before
   * @return how many lines there were
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html">
   *     Amazon DynamoDB Developer Guide, DynamoDB table export output format, Incremental export
   *     output</a>
   */
  public int changeLines(
      byte[] body, int length, ChangeBatch.Builder into, Optional<JsonFilter> filter)
      throws IOException {
    begin(body, length);
    while (in.hasMore()) {
      changeLine(filter);
      items++;
    }
    contents.addTo(into, null);
    in.reset(NOTHING, 0, 0);
    return items;
  }

  private void changeLine(Optional<JsonFilter> filter) throws MalformedPageException {
    int keysAt = -1;
    int imageAt = -1;
    if (in.enter('{', '}')) {
      do {
        int name = Envelope.name(in);
        int at = in.pos;
        boolean given = in.peek() == '{';
        if (name == Envelope.KEYS && given) {
          rejectSecond(keysAt >= 0);
          keysAt = at;
        } else if (name == Envelope.NEW_IMAGE && given) {
          rejectSecond(imageAt >= 0);
          imageAt = at;
        }
        Envelope.skip(in);
      } while (in.more('}'));
    }
    int end = in.pos;
    if (keysAt < 0) {
      throw in.malformed("Keys is missing");
    }
    if (imageAt >= 0 && passes(filter, imageAt)) {
      in.pos = imageAt;
      contents.upsert(in, null);
    } else {
      in.pos = keysAt;
      contents.delete(in, null);
    }
    in.pos = end;
  }

  private boolean passes(Optional<JsonFilter> filter, int imageAt) throws MalformedPageException {
    if (filter.isEmpty()) {
      return true;
    }
    in.pos = imageAt;
    return filter.get().mayPass(in);
  }

  private void line(Optional<JsonFilter> filter) throws MalformedPageException {
    boolean found = false;
    if (in.enter('{', '}')) {
      do {
        if (Envelope.name(in) == Envelope.ITEM) {
          rejectSecond(found);
          found = true;
          int at = in.pos;
          if (filter.isEmpty() || filter.get().mayPass(in)) {
            in.pos = at;
            contents.upsert(in, null);
            items++;
          }
        } else {
          Envelope.skip(in);
        }
      } while (in.more('}'));
    }
    if (!found) {
      throw in.malformed("Item is missing");
    }
  }

  /** Decodes a GetItem response. */
  public byte[] item(byte[] body, int length, ItemListener listener) throws IOException {
    begin(body, length);
    boolean found = false;
    int from = 0;
    int to = 0;
    if (in.enter('{', '}')) {
      do {
        if (Envelope.name(in) == Envelope.ITEM && in.peek() == '{') {
          rejectSecond(found);
          found = true;
          from = in.pos;
          contents.upsert(in, null);
          to = in.pos;
        } else {
          Envelope.skip(in);
        }
      } while (in.more('}'));
    }
    in.atEnd();
    if (!found) {
      listener.absent();
      return Arrays.copyOf(body, length);
    }
    contents.giveTo(listener);
    return letGo(body, length, from, to, "{}");
  }

  /** Number of items or records in the last page, before any were left out. */
  public int itemsRead() {
    return items;
  }

  /** The LastEvaluatedKey of the last Scan page as DynamoDB JSON; empty at the end of the scan. */
  public Optional<String> lastEvaluatedKey() {
    return lastEvaluatedKey;
  }

  /** The sequence number of the last record in the last page; empty if it had no records. */
  public Optional<String> lastSequenceNumber() {
    return lastSequenceNumber;
  }

  private void begin(byte[] body, int length) {
    in.reset(body, 0, length);
    contents.clear();
    items = 0;
    lastEvaluatedKey = Optional.empty();
    lastSequenceNumber = Optional.empty();
  }

  /**
   * Returns the rest of the response and lets go of the body: the next page may come much later.
   */
  private byte[] letGo(byte[] body, int length, int from, int to, String instead) {
    in.reset(NOTHING, 0, 0);
    return without(body, length, from, to, instead);
  }

  private void items() throws MalformedPageException {
    if (in.enter('[', ']')) {
      do {
        contents.upsert(in, null);
        items++;
      } while (in.more(']'));
    }
  }

  private int count() throws MalformedPageException {
    in.number();
    if (in.tokenTo - in.tokenFrom > 9) {
      throw in.malformed("Count is too large");
    }
    int value = 0;
    for (int i = in.tokenFrom; i < in.tokenTo; i++) {
      int digit = in.buf[i] - '0';
      if (digit < 0 || digit > 9) {
        throw in.malformed("Count is not a whole number");
      }
      value = value * 10 + digit;
    }
    return value;
  }

  private void rejectSecond(boolean found) throws MalformedPageException {
    if (found) {
      throw in.malformed("duplicate member");
    }
  }

  private static byte[] without(byte[] body, int length, int from, int to, String instead) {
    byte[] rest = new byte[length - (to - from) + 2];
    System.arraycopy(body, 0, rest, 0, from);
    rest[from] = (byte) instead.charAt(0);
    rest[from + 1] = (byte) instead.charAt(1);
    System.arraycopy(body, to, rest, from + 2, length - to);
    return rest;
  }
}
