package io.nimoshake.core.port;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Rejected;
import java.util.List;

/** What becomes of poisonous items ({@code on_poison}). */
public interface DeadLetters {
  /** Keeps the items durably and lets the sync go on, or throws {@link Fault.Poison}. */
  void accept(List<Rejected> items) throws Fault;

  /** {@code on_poison = fail}: the first such item fails its table. */
  DeadLetters FAIL =
      items -> {
        throw new Fault.Poison(items.get(0));
      };
}
