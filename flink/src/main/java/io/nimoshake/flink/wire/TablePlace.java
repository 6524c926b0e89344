package io.nimoshake.flink.wire;

import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target.Existing;

/**
 * A table as the enumerator prepared it, and where its items go.
 *
 * @param preparation numbers it: a table that is prepared again may lie elsewhere
 * @param beside whether it is written beside the collection whose place it is to take
 */
public record TablePlace(TableSchema schema, long preparation, boolean beside) {
  public static TablePlace of(TableSchema schema, long preparation, Existing existing) {
    return new TablePlace(
        schema, preparation, existing == Existing.BESIDE || existing == Existing.RESUME_BESIDE);
  }

  /** How another process makes ready what is prepared already. */
  public Existing resume() {
    return beside ? Existing.RESUME_BESIDE : Existing.RESUME;
  }

  static void write(Encoder out, TablePlace place) {
    ModelCodec.schema(out, place.schema);
    out.number(place.preparation).flag(place.beside);
  }

  static TablePlace read(Decoder in) {
    return new TablePlace(ModelCodec.schema(in), in.number(), in.flag());
  }
}
