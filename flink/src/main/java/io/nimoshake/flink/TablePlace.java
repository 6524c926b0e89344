package io.nimoshake.flink;

import io.nimoshake.core.codec.Decoder;
import io.nimoshake.core.codec.Encoder;
import io.nimoshake.core.codec.ModelCodec;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target.Existing;

/**
 * A table as the enumerator prepared it, and where its items go.
 *
 * @param preparation numbers it: a table that is prepared again may lie elsewhere
 * @param beside whether it is written beside the collection whose place it is to take
 */
record TablePlace(TableSchema schema, long preparation, boolean beside) {
  static TablePlace of(TableSchema schema, long preparation, Existing existing) {
    return new TablePlace(
        schema, preparation, existing == Existing.BESIDE || existing == Existing.RESUME_BESIDE);
  }

  /** How another process makes ready what is prepared already. */
  Existing resume() {
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
