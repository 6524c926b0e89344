package io.nimoshake.setup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.setup.config.Configuration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which tables the filter keys select. */
class TableFilterTest {
  private static final List<String> TABLES = List.of("orders", "orders.old", "users", "user-1");

  @Test
  void withoutKeysAllTablesAreSelected() throws Exception {
    assertEquals(TABLES, filter().select(TABLES));
  }

  @Test
  void includedNamesMayHaveWildcards() throws Exception {
    assertEquals(
        List.of("orders", "orders.old"), filter("filter.collection.white=ord*").select(TABLES));
    assertEquals(
        List.of("users", "user-1"), filter("filter.collection.white=user?;user-*").select(TABLES));
    // A dot is a dot.
    assertEquals(List.of(), filter("filter.collection.white=user.*").select(TABLES));
  }

  @Test
  void excludedNamesMayHaveWildcards() throws Exception {
    assertEquals(
        List.of("orders", "users"), filter("filter.collection.black=*.old;user-?").select(TABLES));
  }

  @Test
  void namesWithoutWildcardsMustExist() throws Exception {
    TableFilter filter = filter("filter.collection.white=usres;ord*;orders");
    assertEquals(Set.of("usres", "orders"), filter.required());
    assertEquals(
        Optional.of("the source has no table usres; did you mean users?"),
        filter.missing(TABLES, "the source"));
    assertEquals(Optional.empty(), filter("filter.collection.white=z*").missing(TABLES, "it"));
  }

  @Test
  void tellsWhichTablesThereAre() {
    assertEquals(
        "the filter selects none of the tables of the source: a, b, c, d, e, ...",
        TableFilter.nothingSelected(List.of("g", "f", "e", "d", "c", "b", "a")));
    assertEquals("the source has no tables", TableFilter.nothingSelected(List.of()));
  }

  private static TableFilter filter(String... keys) throws Exception {
    List<String> all = new ArrayList<>(List.of("target.address=mongodb://127.0.0.1"));
    all.addAll(List.of(keys));
    return new SyncSetup(Configuration.load(Optional.empty(), Map.of(), all)).tableFilter();
  }
}
