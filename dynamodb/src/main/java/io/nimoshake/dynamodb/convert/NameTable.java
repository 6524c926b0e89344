package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.FieldNames;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Gives every attribute name a number and knows its field name. After a name was read, numbers are
 * compared instead of texts. Numbers stay valid until {@link #shrink}.
 */
final class NameTable {
  /** Most names kept between items. Tables that use ids as map keys would fill memory otherwise. */
  private static final int KEPT_NAMES = 8192;

  private static final int NONE = -1;
  private static final byte[] ID = {'_', 'i', 'd'};

  private final FieldNames names;
  private final byte[][] keyNames;
  private final boolean nulAllowed;
  private final BsonBuffer decoded = new BsonBuffer();
  private final long seed = ThreadLocalRandom.current().nextLong() | 1;

  private int count;
  private byte[][] fields = new byte[64][];
  private int[] hashes = new int[64];

  /** A name in JSON with quotes and colon; null if the name needs escapes. */
  private byte[][] quoted = new byte[64][];

  /** A name in BSON: a byte for the type before it, a zero after it. */
  private byte[][] elements = new byte[64][];

  /** Per name, the name that followed it last time. */
  private int[] following = new int[64];

  /** Per name, the name that came first in its map last time. */
  private int[] firstInside = new int[64];

  private int firstAtTop;
  private int[] buckets = new int[256];

  /** Per name, the stamp of the last map in which {@link #duplicate} saw it. */
  private int[] seen = new int[64];

  private int stamp;

  /**
   * Makes a table that knows the key's names.
   *
   * @param keyAttributes names of the key attributes, which get the numbers 0 and 1
   * @param nulAllowed whether the target allows field names with NUL; BSON does not
   */
  NameTable(FieldNames names, List<String> keyAttributes, boolean nulAllowed) {
    this.names = names;
    this.nulAllowed = nulAllowed;
    this.keyNames =
        keyAttributes.stream()
            .map(name -> names.topLevel(name).getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
    clear();
  }

  private void clear() {
    count = 0;
    firstAtTop = NONE;
    Arrays.fill(buckets, NONE);
    for (byte[] key : keyNames) {
      intern(key, 0, key.length);
    }
  }

  /** Forgets all names if there are too many. Call it only between items. */
  void shrink() {
    if (count > KEPT_NAMES) {
      clear();
    }
  }

  /** The field name, in UTF-8. */
  byte[] field(int id) {
    return fields[id];
  }

  /** The start of a BSON element: a zero in place of the type, the field name, a zero. */
  byte[] element(int id) {
    return elements[id];
  }

  /**
   * Reads an attribute name and the colon after it.
   *
   * @param parent number of the attribute whose map this is, -1 at the top level
   * @param previous number of the name before it in the same map, -1 for the first
   */
  int read(JsonCursor in, int parent, int previous, boolean top)
      throws MalformedPageException, BadItemException {
    int guess = previous != NONE ? following[previous] : top ? firstAtTop : firstInside[parent];
    if (guess != NONE && matches(in, guess, top)) {
      return guess;
    }
    int id = look(in, top);
    in.expect(':');
    if (previous != NONE) {
      following[previous] = id;
    } else if (top) {
      firstAtTop = id;
    } else {
      firstInside[parent] = id;
    }
    return id;
  }

  private boolean matches(JsonCursor in, int guess, boolean top) {
    byte[] text = quoted[guess];
    if (text == null || !in.isNext(text) || top && isId(fields[guess])) {
      return false;
    }
    in.pos += text.length;
    return true;
  }

  private static boolean isId(byte[] field) {
    return field.length == ID.length && Arrays.equals(field, ID);
  }

  private int look(JsonCursor in, boolean top) throws MalformedPageException, BadItemException {
    in.peek();
    int at = in.pos;
    in.string();
    if (!in.tokenEscaped && isPlain(in.buf, in.tokenFrom, in.tokenTo, top)) {
      return intern(in.buf, in.tokenFrom, in.tokenTo);
    }
    in.pos = at;
    decoded.pos = 0;
    JsonStrings.copy(in, decoded);
    String attribute = new String(decoded.buf, 0, decoded.pos, StandardCharsets.UTF_8);
    String field = top ? names.topLevel(attribute) : names.nested(attribute);
    if (!nulAllowed && field.indexOf('\0') >= 0) {
      throw new BadItemException("an attribute name contains NUL, which BSON does not allow");
    }
    byte[] utf8 = field.getBytes(StandardCharsets.UTF_8);
    return intern(utf8, 0, utf8.length);
  }

  /** Whether the field name has the same bytes: ASCII, nothing to escape, not a top-level _id. */
  private static boolean isPlain(byte[] b, int from, int to, boolean top) {
    for (int i = from; i < to; i++) {
      if (b[i] <= ' ' || b[i] == '.') {
        return false;
      }
    }
    return from < to && b[from] != '$' && !(top && Arrays.equals(b, from, to, ID, 0, ID.length));
  }

  private int intern(byte[] b, int from, int to) {
    int hash = hash(b, from, to);
    int mask = buckets.length - 1;
    int slot = hash & mask;
    for (; buckets[slot] != NONE; slot = slot + 1 & mask) {
      int id = buckets[slot];
      if (hashes[id] == hash && Arrays.equals(b, from, to, fields[id], 0, fields[id].length)) {
        return id;
      }
    }
    return add(Arrays.copyOfRange(b, from, to), hash, slot);
  }

  private int add(byte[] field, int hash, int slot) {
    if (count == fields.length) {
      int size = count * 2;
      fields = Arrays.copyOf(fields, size);
      hashes = Arrays.copyOf(hashes, size);
      quoted = Arrays.copyOf(quoted, size);
      elements = Arrays.copyOf(elements, size);
      following = Arrays.copyOf(following, size);
      firstInside = Arrays.copyOf(firstInside, size);
      seen = Arrays.copyOf(seen, size);
    }
    int id = count++;
    fields[id] = field;
    hashes[id] = hash;
    following[id] = NONE;
    firstInside[id] = NONE;
    elements[id] = new byte[field.length + 2];
    System.arraycopy(field, 0, elements[id], 1, field.length);
    quoted[id] = quoted(field);
    buckets[slot] = id;
    if (count * 2 > buckets.length) {
      rehash();
    }
    return id;
  }

  private static byte[] quoted(byte[] field) {
    byte[] text = new byte[field.length + 3];
    text[0] = '"';
    for (int i = 0; i < field.length; i++) {
      byte c = field[i];
      if (c == '"' || c == '\\' || c >= 0 && c < ' ') {
        // JSON escapes this character.
        return null;
      }
      text[i + 1] = c;
    }
    text[field.length + 1] = '"';
    text[field.length + 2] = ':';
    return text;
  }

  private void rehash() {
    buckets = new int[buckets.length * 2];
    Arrays.fill(buckets, NONE);
    int mask = buckets.length - 1;
    for (int id = 0; id < count; id++) {
      int slot = hashes[id] & mask;
      while (buckets[slot] != NONE) {
        slot = slot + 1 & mask;
      }
      buckets[slot] = id;
    }
  }

  /** Seeded with a random number, so that nobody can make names with equal hashes. */
  private int hash(byte[] b, int from, int to) {
    long h = seed;
    for (int i = from; i < to; i++) {
      h = (h ^ b[i]) * 0x9E3779B97F4A7C15L;
      h ^= h >>> 29;
    }
    return (int) (h ^ h >>> 32);
  }

  /** The first name that occurs twice in the range, or -1. */
  int duplicate(int[] ids, int from, int to) {
    if (to - from <= 8) {
      for (int i = from + 1; i < to; i++) {
        for (int j = from; j < i; j++) {
          if (ids[i] == ids[j]) {
            return ids[i];
          }
        }
      }
      return NONE;
    }
    if (++stamp == 0) {
      Arrays.fill(seen, 0);
      stamp = 1;
    }
    for (int i = from; i < to; i++) {
      if (seen[ids[i]] == stamp) {
        return ids[i];
      }
      seen[ids[i]] = stamp;
    }
    return NONE;
  }
}
