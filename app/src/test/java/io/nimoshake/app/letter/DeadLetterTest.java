package io.nimoshake.app.letter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.KeyAttribute.Type;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.dynamodb.convert.KeyCodec;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys of lines of this version and of older ones. */
class DeadLetterTest {
  private static final TableSchema TABLE =
      new TableSchema(
          "t",
          new KeyAttribute("a.b", Type.S),
          Optional.of(new KeyAttribute("n", Type.N)),
          List.of(),
          0,
          0);

  private static final String KEY = "{\"a.b\":{\"S\":\"x\"},\"n\":{\"N\":\"7\"}}";

  @ParameterizedTest
  @ValueSource(
      strings = {
        // this version
        "{'key':{'a.b':{'S':'x'},'n':{'N':'7.0'}},'item':{'v':1}}",
        // an item that an older version could not convert
        "{'key':'{a.b: {\\'S\\':\\'x\\'}, n: {\\'N\\':\\'7\\'}}',"
            + "'item':{'a.b':{'S':'x'},'n':{'N':'7'},'v':{'N':'1'}}}",
        // a document of an older version that MongoDB refused
        "{'key':'{\\'a\uFF0Eb\\': \\'x\\', \\'n\\': 7}','item':{'a\uFF0Eb':'x','n':7}}",
        "{'key':'{\\'a\uFF0Eb\\': \\'x\\', \\'n\\': {\\'$numberDecimal\\': \\'7\\'}}','item':{}}",
      })
  void theKeyIsThatOfTheSource(String line) {
    assertEquals(Optional.of(KEY), key(line));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'key':{},'item':{}}",
        "{'key':{'a.b':{'S':'x'}},'item':{'a.b':{'S':'x'}}}",
        "{'key':'(unknown)','item':'what ever'}",
        "{'key':{'a.b':{'S':'x'},'n':{'S':'7'}},'item':null}"
      })
  void aLineWithoutTheWholeKeyTellsNone(String line) {
    assertEquals(Optional.empty(), key(line));
  }

  @Test
  void halfALineIsNoDeadLetter() {
    assertEquals(Optional.empty(), DeadLetter.parse("{\"time\":\"2026-"));
    assertEquals(Optional.empty(), DeadLetter.parse("[]"));
    assertEquals(Optional.empty(), DeadLetter.parse("{}"));
  }

  private static Optional<String> key(String line) {
    ConvertOptions convert =
        new ConvertOptions(
            ConvertType.CHANGE, ConvertOptions.DEFAULT.names(), ConvertOptions.DEFAULT.overflow());
    return DeadLetter.parse(line.replace('\'', '"').replaceFirst("\\{", "{\"table\":\"t\","))
        .orElseThrow()
        .key(TABLE, convert)
        .map(KeyCodec::text);
  }
}
