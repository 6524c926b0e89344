package io.nimoshake.dynamodb.convert;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The position in an item while it is read: the names of all open maps, and the attribute path. */
final class AttributePath {
  /**
   * The most levels of lists and maps. DynamoDB allows 32. {@link ConvertType#RAW} doubles the
   * levels, and MongoDB allows 100.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html">
   *     Amazon DynamoDB Developer Guide, Quotas, Nested attribute depth</a>
   * @see <a href="https://www.mongodb.com/docs/manual/reference/limits/">MongoDB Manual, Limits,
   *     Nested Depth for BSON Documents</a>
   */
  static final int MAX_LEVELS = 40;

  final NameTable names;
  private int[] ids = new int[64];
  private int idCount;

  /** Per level the number of a name, or {@code ~index} of a list element. */
  private final int[] path = new int[MAX_LEVELS + 2];

  private int depth;

  AttributePath(NameTable names) {
    this.names = names;
  }

  void start() {
    names.shrink();
    idCount = 0;
    depth = 0;
  }

  /** Begins a map; pass the result to {@link #endMap}. */
  int beginMap() {
    return idCount;
  }

  /** Reads an attribute name and the colon after it. */
  int name(JsonCursor in, int level, int parent, int previous)
      throws MalformedPageException, BadItemException {
    depth = level;
    int id = names.read(in, parent, previous, level == 0);
    if (idCount == ids.length) {
      ids = Arrays.copyOf(ids, idCount * 2);
    }
    ids[idCount++] = id;
    path[level] = id;
    depth = level + 1;
    return id;
  }

  void index(int level, int index) {
    path[level] = ~index;
    depth = level + 1;
  }

  /** Moves back to the top-level attribute whose value was read. */
  void atTopLevel() {
    depth = 1;
  }

  /** Number of names so far in the map that began at this mark. */
  int size(int mark) {
    return idCount - mark;
  }

  void endMap(int mark, int level) throws BadItemException {
    depth = level;
    int twice = names.duplicate(ids, mark, idCount);
    if (twice >= 0) {
      throw new BadItemException("two attributes become the same field " + name(twice));
    }
    idCount = mark;
  }

  /** The next level; fails beyond {@link #MAX_LEVELS}. */
  static int deeper(int level) throws BadItemException {
    if (level >= MAX_LEVELS) {
      throw new BadItemException("the value is nested deeper than " + MAX_LEVELS + " levels");
    }
    return level + 1;
  }

  /** The exception with the attribute path before its message. */
  BadItemException locate(BadItemException e) {
    return depth == 0 ? e : new BadItemException(path() + ": " + e.getMessage());
  }

  String name(int id) {
    return new String(names.field(id), StandardCharsets.UTF_8);
  }

  private String path() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < depth; i++) {
      if (path[i] < 0) {
        text.append('[').append(~path[i]).append(']');
      } else {
        text.append(i == 0 ? "" : ".").append(name(path[i]));
      }
    }
    return text.toString();
  }
}
