package io.nimoshake.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;

class ItemTest {
  private final BsonDocument document =
      BsonDocument.parse(
          """
          {pk: "x", n: {"$numberDecimal": "1.50"}, b: true, m: {inner: {deep: 7}}, l: [1, {a: 2}],
           zero: {"$numberDecimal": "-0"}, not: {"$numberDecimal": "NaN"}}""");

  private final Item item = Item.of(document);

  @Test
  void givesValuesByTheirPaths() {
    assertEquals(Set.of("pk", "n", "b", "m", "l", "zero", "not"), item.names());
    assertEquals(Optional.of("x"), item.string("pk"));
    assertEquals(Optional.of(new BigDecimal("1.50")), item.number("n"));
    assertEquals(Optional.of(true), item.bool("b"));
    assertEquals(Optional.of(BigDecimal.valueOf(7)), item.number("m", "inner", "deep"));
    assertEquals(Optional.of(BigDecimal.ZERO), item.number("zero"));
  }

  @Test
  void isEmptyWhereThereIsNothingOfTheKind() {
    assertEquals(Optional.empty(), item.string("n"));
    assertEquals(Optional.empty(), item.number("pk"));
    assertEquals(Optional.empty(), item.number("not"));
    assertEquals(Optional.empty(), item.bool("absent"));
    assertFalse(item.has("pk", "deeper"));
    assertFalse(item.has("m", "absent", "deeper"));
  }

  /** Items of a page share one array: a plug-in that changed one would change what is written. */
  @Test
  void cannotBeChanged() {
    BsonDocument view = item.value("m").orElseThrow().asDocument();
    assertThrows(
        UnsupportedOperationException.class, () -> view.put("inner", new BsonString("changed")));
    assertThrows(
        UnsupportedOperationException.class,
        () -> item.value("l").orElseThrow().asArray().add(new BsonString("changed")));
    assertThrows(UnsupportedOperationException.class, () -> item.names().remove("pk"));
    BsonDocument copy = item.copy();
    copy.getDocument("m").getDocument("inner").remove("deep");
    copy.getArray("l").clear();
    assertEquals(document, item.copy());
  }

  /** A plug-in may put what it got from an item into a document. */
  @Test
  void aViewCanBeEncoded() {
    BsonDocument made = new BsonDocument();
    for (String name : List.of("m", "l")) {
      made.put(name, item.value(name).orElseThrow());
    }
    assertEquals(document.get("m"), Item.of(made).copy().get("m"));
    assertEquals(document.get("l"), Item.of(made).copy().get("l"));
  }

  @Test
  void doesNotShowItsContentByItself() {
    assertFalse(item.toString().contains("x"), item::toString);
  }
}
