package io.nimoshake.mongodb.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IndexSpecTest {
  private static final IndexSpec PLAIN = spec("{name: 'a', key: {x: 1, y: 1}}");

  @Test
  void theNameAndTheTypeOfADirectionDoNotMatter() {
    IndexSpec other = spec("{name: 'b', key: {x: 1.0, y: {$numberLong: '1'}}, sparse: false}");
    assertTrue(PLAIN.isSameAs(other));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{name: 'a', key: {y: 1, x: 1}}",
        "{name: 'a', key: {x: -1, y: 1}}",
        "{name: 'a', key: {x: 1, y: 1}, unique: true}",
        "{name: 'a', key: {x: 1, y: 1}, sparse: true}",
        "{name: 'a', key: {x: 1, y: 1}, hidden: true}",
        "{name: 'a', key: {x: 1, y: 1}, expireAfterSeconds: 5}",
        "{name: 'a', key: {x: 1, y: 1}, collation: {locale: 'en'}}",
        "{name: 'a', key: {x: 1, y: 1}, partialFilterExpression: {z: 1}}"
      })
  void everyOptionMatters(String other) {
    assertFalse(PLAIN.isSameAs(spec(other)));
  }

  @Test
  void anIndexServesItsFieldsInTheirOrder() {
    assertTrue(PLAIN.serves(List.of("x", "y")));
    assertFalse(PLAIN.serves(List.of("y", "x")));
    assertFalse(PLAIN.serves(List.of("x")));
    assertFalse(spec("{name: 'h', key: {x: 'hashed'}}").serves(List.of("x")));
    assertEquals("x_1_y_1", IndexSpec.ascending(List.of("x", "y")).name());
  }

  private static IndexSpec spec(String json) {
    return new IndexSpec(Document.parse(json));
  }
}
