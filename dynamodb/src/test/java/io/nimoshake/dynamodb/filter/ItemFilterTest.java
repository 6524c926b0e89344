package io.nimoshake.dynamodb.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is told about expressions. {@link FilterPropertyTest} tests what they mean. */
class ItemFilterTest {
  private static final Map<String, String> NAMES = Map.of("#s", "status");
  private static final Map<String, Value> VALUES =
      Map.of(
          ":n", new Value.Num(BigDecimal.TEN),
          ":m", new Value.Num(BigDecimal.ONE),
          ":t", new Value.Text("text"),
          ":b", new Value.Bool(true));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'  '                              | is empty",
        "a = :n AND                        | ends too early",
        "a == :n                           | has an unexpected '=' at character 4",
        "a-b = :n                          | has an unexpected '-' at character 2",
        "(a = :n                           | ends too early",
        "a = :n)                           | has an unexpected ')' at character 7",
        "a = (b = :n)                      | has a condition at character 5, where a value must be",
        "and = :n                          | has an unexpected 'AND' at character 1",
        "a.status = :n                     | uses status as a name, but that is a reserved word",
        "STATUS = :n                       | use a placeholder such as #STATUS",
        "((a = :n))                        | has redundant parentheses at character 1",
        "a = a                             | compares an attribute with itself by =",
        "a < :b                            | gives < a value of type BOOL, which it does not take",
        "a BETWEEN :n AND :m               | whose lower bound is above the upper one",
        "a BETWEEN :n AND :t               | whose bounds are of the types N and S",
        "size(a)                           | has size() without a comparison at the end",
        "Size(a) = :n                      | has an unknown function Size: functions are attribute_e",
        "contains(a)                       | gives contains 1 operands instead of 2",
        "attribute_exists(:n)              | attribute_exists needs an attribute or a document path",
        "attribute_type(a, :t)             | of type S: one of B, BOOL, BS, L, M, N, NS, NULL, S, SS",
        "begins_with(a, :n)                | gives begins_with a value of type N",
        "a[99999999999] = :n               | has an index that is too large: 99999999999",
        "#x = :n                           | uses #x, but no name is given for it",
        "a = :x                            | uses :x, but no value is given for it",
        "a = :n                            | does not use the name #s",
        "#s = :n                           | does not use the value :b, :m, :t",
      })
  void saysWhatIsWrong(String expression, String expected) {
    String message =
        assertThrows(
                InvalidFilterException.class, () -> ItemFilter.parse(expression, NAMES, VALUES))
            .getMessage();
    assertTrue(message.contains(expected), message);
  }

  @Test
  void refusesWhatIsTooMuch() {
    assertRefused("a" + ".a".repeat(32) + " = b", "levels");
    assertRefused("NOT ".repeat(300) + "a = b", "more than 300 operators");
    assertRefused("(".repeat(4_000) + "a = b", "too many parentheses");
    assertRefused("a".repeat(4_097), "longer than 4096 characters");
    assertRefused(
        IntStream.range(0, 101)
            .mapToObj(i -> "b" + i)
            .collect(Collectors.joining(",", "a IN (", ")")),
        "an IN with more than 100 operands");
  }

  private static void assertRefused(String expression, String expected) {
    String message =
        assertThrows(
                InvalidFilterException.class,
                () -> ItemFilter.parse(expression, Map.of(), Map.of()))
            .getMessage();
    assertTrue(message.contains(expected), message);
  }

  @Test
  void knowsTheAttributesThatItLooksAt() throws Exception {
    ItemFilter filter =
        ItemFilter.parse("size(a.b) < #s[1] OR NOT attribute_exists(c)", NAMES, Map.of());
    assertEquals(Set.of("a", "status", "c"), filter.attributes());
  }
}
