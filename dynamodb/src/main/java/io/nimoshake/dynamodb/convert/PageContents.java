package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Collects the items or records of a page until the whole page was read. Only then do they go to
 * the batch: a malformed page must leave nothing behind.
 */
final class PageContents {
  private enum Kind {
    UPSERT,
    DELETE,
    IMAGE_MISSING,
    SKIPPED,
    REJECTED
  }

  /** The document is at {@code from} to {@code middle} of the output, the key from there on. */
  private record Entry(Kind kind, int from, int middle, int to, Instant time, Object extra) {}

  private static final byte[] NOTHING = {};

  private final TableSchema schema;
  private final ItemWriter writer;
  private final BsonBuffer out = new BsonBuffer();
  private int expectedBytes = 4096;
  private final List<Entry> entries = new ArrayList<>();

  PageContents(TableSchema schema, ItemWriter writer) {
    this.schema = schema;
    this.writer = writer;
  }

  void clear() {
    out.pos = 0;
    out.ensure(expectedBytes);
    entries.clear();
  }

  /**
   * The bytes of the page. They belong to the page from now on. They are copied only if most of the
   * buffer is empty: every open split has a buffer, and most splits are idle most of the time.
   */
  private byte[] page() {
    byte[] page = out.pos < out.buf.length / 2 ? Arrays.copyOf(out.buf, out.pos) : out.buf;
    expectedBytes = out.pos + out.pos / 8;
    out.buf = NOTHING;
    out.pos = 0;
    return page;
  }

  /** Reads an item and converts or rejects it. */
  void upsert(JsonCursor in, Instant time) throws MalformedPageException {
    int at = objectAt(in);
    int from = out.pos;
    try {
      int middle = writer.item(in, out, time != null);
      entries.add(new Entry(Kind.UPSERT, from, middle, out.pos, time, null));
    } catch (BadItemException e) {
      reject(in, at, from, e);
    }
  }

  /** Removes what the last {@link #upsert} added. */
  void undo() {
    Entry last = entries.remove(entries.size() - 1);
    out.pos = last.from();
  }

  /** Reads the key of a deleted item. */
  void delete(JsonCursor in, Instant time) throws MalformedPageException {
    key(in, time, Kind.DELETE);
  }

  /** Reads the key of an item that must be read back. */
  void imageMissing(JsonCursor in, Instant time) throws MalformedPageException {
    key(in, time, Kind.IMAGE_MISSING);
  }

  private void key(JsonCursor in, Instant time, Kind kind) throws MalformedPageException {
    int at = objectAt(in);
    int from = out.pos;
    try {
      writer.key(in, out);
      String json = kind == Kind.IMAGE_MISSING ? in.text(at, in.pos) : null;
      entries.add(new Entry(kind, from, from, out.pos, time, json));
    } catch (BadItemException e) {
      reject(in, at, from, e);
    }
  }

  void skip(Instant time) {
    entries.add(new Entry(Kind.SKIPPED, out.pos, out.pos, out.pos, time, null));
  }

  /** Rejects the record at {@code at} to {@code to}. */
  void reject(JsonCursor in, int at, int to, String reason) {
    reject(new Rejected(schema.name(), Rejected.UNKNOWN_KEY, reason, in.text(at, to)));
  }

  private void reject(JsonCursor in, int at, int from, BadItemException e)
      throws MalformedPageException {
    out.pos = from;
    in.pos = at;
    in.skipValue();
    int end = in.pos;
    String key = keyOf(in, at);
    in.pos = end;
    reject(new Rejected(schema.name(), key, e.getMessage(), in.text(at, end)));
  }

  private void reject(Rejected item) {
    entries.add(new Entry(Kind.REJECTED, out.pos, out.pos, out.pos, null, item));
  }

  private static int objectAt(JsonCursor in) throws MalformedPageException {
    if (in.peek() != '{') {
      throw in.malformed("item expected");
    }
    return in.pos;
  }

  /** The key attributes that the item has, as they are in the item. */
  private String keyOf(JsonCursor in, int at) throws MalformedPageException {
    List<KeyAttribute> key = schema.key();
    String[] values = new String[key.size()];
    in.pos = at;
    if (in.enter('{', '}')) {
      do {
        String name = Envelope.lenientString(in);
        in.expect(':');
        in.peek();
        int from = in.pos;
        in.skipValue();
        for (int i = 0; i < values.length; i++) {
          if (key.get(i).name().equals(name)) {
            values[i] = in.text(from, in.pos);
          }
        }
      } while (in.more('}'));
    }
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < values.length; i++) {
      if (values[i] != null) {
        json.append(json.length() == 1 ? "" : ",");
        KeyCodec.quote(key.get(i).name(), json);
        json.append(':').append(values[i]);
      }
    }
    return json.append('}').toString();
  }

  /** Adds the whole page to a batch. */
  void addTo(ChangeBatch.Builder into, RecordListener listener) {
    byte[] page = page();
    for (Entry entry : entries) {
      switch (entry.kind()) {
        case UPSERT -> add(into, upsert(page, entry), entry.time());
        case DELETE -> add(into, new Change.Delete(key(page, entry)), entry.time());
        case SKIPPED -> into.skip(entry.time());
        case REJECTED -> into.reject((Rejected) entry.extra());
        case IMAGE_MISSING -> {}
      }
    }
    for (Entry entry : entries) {
      if (entry.kind() == Kind.IMAGE_MISSING) {
        listener.imageMissing((String) entry.extra(), key(page, entry), entry.time());
      }
    }
  }

  /** Passes on the only item of the page. */
  void giveTo(ItemListener listener) {
    Entry entry = entries.get(0);
    if (entry.kind() == Kind.REJECTED) {
      listener.rejected((Rejected) entry.extra());
    } else {
      listener.found(upsert(page(), entry));
    }
  }

  private static void add(ChangeBatch.Builder into, Change change, Instant time) {
    if (time == null) {
      into.add(change);
    } else {
      into.add(change, time);
    }
  }

  private static Change.Upsert upsert(byte[] page, Entry entry) {
    Slice document = new Slice(page, entry.from(), entry.middle() - entry.from());
    return new Change.Upsert(key(page, entry), document);
  }

  private static ItemKey key(byte[] page, Entry entry) {
    return new ItemKey(new Slice(page, entry.middle(), entry.to() - entry.middle()));
  }
}
