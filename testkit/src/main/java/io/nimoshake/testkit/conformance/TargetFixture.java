package io.nimoshake.testkit.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Page;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.core.port.WriteMode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What a target's author gives to {@link TargetConformance}, and the words its tests are written
 * in. Attributes are maps with values of type String (S), Long (N) and ByteBuffer (B), in the order
 * of encoding.
 */
public abstract class TargetFixture {
  /** The one table of most tests: key {@code id} (S). */
  protected static final TableSchema TABLE =
      table("orders", new KeyAttribute("id", KeyAttribute.Type.S), Optional.empty());

  protected Target target;

  /** Where the last page of a table ended, for a target that appends. */
  private final Map<String, Position> written = new HashMap<>();

  private int pages;

  /** A new target object on the same place for all of one test, and an empty one for each test. */
  protected abstract Target open() throws Fault;

  /** Attributes in the encoding of the target, as items and keys arrive. */
  protected abstract Slice encode(Map<String, Object> attributes);

  /** All items the target holds for a table, without tombstones and what the target adds. */
  protected abstract List<Map<String, Object>> items(String table);

  /** How many tombstones the target holds for a table; 0 where it has none. */
  protected abstract long tombstones(String table);

  /** Attributes under each of the user's secondary indexes. */
  protected abstract Set<List<String>> userIndexes(String table);

  /** Whether there is still something that only the copy needed. */
  protected abstract boolean hasHelpers(String table);

  /** What is kept of a table that was renamed, if this target can rename. */
  protected abstract Optional<List<Map<String, Object>>> renamedItems(String table);

  /** Puts an item there as somebody else would, making the table if need be. */
  protected abstract void putForeign(TableSchema table, Map<String, Object> item);

  /**
   * Makes an empty place for a table, as somebody else would, with a unique index on an attribute
   * that is not the key; false if this target has no such indexes.
   */
  protected boolean makeUniqueIndex(TableSchema table, String attribute) {
    return false;
  }

  /** An item with this key that the target refuses for good; empty if it takes every item. */
  protected abstract Optional<Map<String, Object>> refused(String id);

  @BeforeEach
  final void openTarget() throws Fault {
    target = open();
  }

  @AfterEach
  final void closeTarget() {
    target.close();
  }

  protected static TableSchema table(String name, KeyAttribute hash, Optional<KeyAttribute> range) {
    return new TableSchema(name, hash, range, List.of(), 0, 0);
  }

  /** An item of {@link #TABLE}. */
  protected static Map<String, Object> item(String id, String value) {
    return with(attributes("id", id), "value", value);
  }

  protected static Map<String, Object> attributes(String name, Object value) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put(name, value);
    return attributes;
  }

  protected static Map<String, Object> with(Map<String, Object> item, String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(item);
    more.put(name, value);
    return more;
  }

  protected final List<Change> upserts(TableSchema table, List<Map<String, Object>> items) {
    return items.stream()
        .<Change>map(item -> new Change.Upsert(keyOf(table, item), encode(item)))
        .toList();
  }

  protected final List<Change> deletes(TableSchema table, List<Map<String, Object>> items) {
    return items.stream().<Change>map(item -> new Change.Delete(keyOf(table, item))).toList();
  }

  protected final void writeAll(TableSchema table, WriteMode mode, List<Change> changes)
      throws Fault {
    boolean pages = target.capabilities().appends() && mode == WriteMode.COPY_REPLACE;
    assertEquals(
        List.of(),
        pages
            ? target.writePage(table, nextPage(table, changes))
            : target.write(table, changes, mode));
  }

  /** A page of the only segment of a table, behind those before it. */
  private Page nextPage(TableSchema table, List<Change> changes) {
    Position from = written.getOrDefault(table.name(), Position.BEGINNING);
    Position to = Position.after("page " + ++pages);
    written.put(table.name(), to);
    return new Page(new Split.ScanSegment(table.name(), 0, 1), from, to, changes);
  }

  /** Skips a test for a target that takes only copies. */
  final void assumeTakesChanges() {
    assumeTrue(!target.capabilities().appends());
  }

  protected final void assertItems(List<Map<String, Object>> expected, TableSchema table) {
    List<Map<String, Object>> found = items(table.name());
    assertEquals(new HashSet<>(expected), new HashSet<>(found));
    assertEquals(expected.size(), found.size(), "items");
  }

  private ItemKey keyOf(TableSchema table, Map<String, Object> item) {
    Map<String, Object> key = new LinkedHashMap<>();
    table.key().forEach(part -> key.put(part.name(), item.get(part.name())));
    return new ItemKey(encode(key));
  }

  final void prepareOldCopyToSwap() throws Fault {
    assumeTrue(target.capabilities().swap());
    target.prepare(TABLE, Existing.DROP);
    writeAll(
        TABLE, WriteMode.COPY_REPLACE, upserts(TABLE, List.of(item("a", "old"), item("b", "old"))));
  }

  final void prepareForTombstones() throws Fault {
    assumeTrue(target.capabilities().insertIfAbsent());
    target.prepare(TABLE, Existing.DROP);
  }
}
