package io.nimoshake.core.port;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Rejected;
import java.util.List;

/** Takes rejected items ({@code on_poison}). */
public interface DeadLetters {
  /** Writes the items durably, so that the sync can go on, or throws {@link Fault.Poison}. */
  void accept(List<Rejected> items) throws Fault;

  /** {@code on_poison = fail}: the first rejected item fails its table. */
  DeadLetters FAIL =
      items -> {
        throw new Fault.Poison(items.get(0));
      };
}
