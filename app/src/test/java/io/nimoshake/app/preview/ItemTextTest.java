package io.nimoshake.app.preview;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ItemTextTest {
  private static final TableSchema TABLE = table("pk");

  private static TableSchema table(String key) {
    KeyAttribute hash = new KeyAttribute(key, KeyAttribute.Type.S);
    return new TableSchema("t", hash, Optional.empty(), List.of(), 0, 0);
  }

  @Test
  void theAnswerOfGetItemIsAnItem() {
    assertEquals(
        "{\"pk\":{\"S\":\"x\"}}", ItemText.item("{\"Item\": {\"pk\": {\"S\": \"x\"}}}", TABLE));
    assertEquals(
        "{\"Item\":{\"S\":\"x\"}}",
        ItemText.item("{\"Item\": {\"Item\": {\"S\": \"x\"}}}", table("Item")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"pk\":{\"S\":\"x\"},\"Item\":{\"M\":{\"a\":{\"S\":\"1\"}}}}",
        "{\"pk\":{\"S\":\"x\"},\"Item\":{\"M\":{}}}",
        "{\"pk\":{\"S\":\"x\"},\"Item\":{\"S\":\"1\"}}"
      })
  void anAttributeMayHaveTheNameOfTheWrapper(String item) {
    assertEquals(item, ItemText.item(item, TABLE));
  }

  @Test
  void anAnswerWithoutTheKeySaysSo() {
    IllegalArgumentException fault =
        assertThrows(
            IllegalArgumentException.class,
            () -> ItemText.item("{\"Item\": {\"a\": {\"S\": \"x\"}}}", TABLE));
    assertEquals("the item has no key attribute pk", fault.getMessage());
  }
}
