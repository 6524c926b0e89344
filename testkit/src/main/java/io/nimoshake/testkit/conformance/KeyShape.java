package io.nimoshake.testkit.conformance;

import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/** The shapes a key may have. */
enum KeyShape {
  S(KeyAttribute.Type.S, Optional.empty()),
  N(KeyAttribute.Type.N, Optional.empty()),
  B(KeyAttribute.Type.B, Optional.empty()),
  S_AND_N(KeyAttribute.Type.S, Optional.of(KeyAttribute.Type.N)),
  N_AND_B(KeyAttribute.Type.N, Optional.of(KeyAttribute.Type.B));

  private final KeyAttribute.Type hash;
  private final Optional<KeyAttribute.Type> range;

  KeyShape(KeyAttribute.Type hash, Optional<KeyAttribute.Type> range) {
    this.hash = hash;
    this.range = range;
  }

  TableSchema table() {
    return TargetFixture.table(
        "keys_" + name(),
        new KeyAttribute("pk", hash),
        range.map(type -> new KeyAttribute("sk", type)));
  }

  /** The i-th key; with a sort key, keys share hash values. */
  Map<String, Object> key(int i) {
    Map<String, Object> key =
        TargetFixture.attributes("pk", value(hash, range.isPresent() ? i / 4 : i));
    range.ifPresent(type -> key.put("sk", value(type, i)));
    return key;
  }

  private static Object value(KeyAttribute.Type type, int i) {
    return switch (type) {
      case S -> "key-" + i;
      case N -> (long) i;
      case B -> ByteBuffer.wrap(new byte[] {0, (byte) i, -1});
    };
  }
}
