package io.nimoshake.flink.wire;

import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target.Existing;

/**
 * A table that the enumerator has prepared, and where its items are written.
 *
 * @param preparation the number of the preparation: a table that is prepared again may be elsewhere
 * @param beside whether the items go into a new collection that will replace the old one
 */
public record TablePlace(TableSchema schema, long preparation, boolean beside) {
  public static TablePlace of(TableSchema schema, long preparation, Existing existing) {
    return new TablePlace(
        schema, preparation, existing == Existing.BESIDE || existing == Existing.RESUME_BESIDE);
  }

  /** How another process prepares a table that is prepared already. */
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
