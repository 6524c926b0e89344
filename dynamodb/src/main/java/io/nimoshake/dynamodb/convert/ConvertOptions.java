package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.FieldNames;
import java.util.Objects;

/**
 * How items are converted.
 *
 * @param type what they become
 * @param names how attribute names become field names; not used by {@link ConvertType#SAME}
 * @param overflow what a number beyond Decimal128 becomes; only used by {@link ConvertType#CHANGE}
 */
public record ConvertOptions(ConvertType type, FieldNames names, NumberOverflow overflow) {
  /** The defaults of the configuration. */
  public static final ConvertOptions DEFAULT =
      new ConvertOptions(ConvertType.CHANGE, new FieldNames(true, "pre"), NumberOverflow.STRING);

  public ConvertOptions {
    Objects.requireNonNull(type);
    Objects.requireNonNull(names);
    Objects.requireNonNull(overflow);
  }
}
