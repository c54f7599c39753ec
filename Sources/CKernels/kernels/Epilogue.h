// The end of every kernel: what happens to a vector of channels of one pixel before it is stored.

INLINE vector masked(vector v, vector mask, float limit) {
  v = choose(mask > zero(), v, zero());
  return limit == 0 ? v : choose(mask < splat(limit), v, zero());
}

/// Applies the epilogue to channels [c, c + n) of `pixel` and stores them.
INLINE void finish(vector v, const ck_target *t, ck_index pixel, ck_index c, ck_index n) {
  const ck_epilogue *e = &t->epilogue;
  if (e->bias) v += load_first(e->bias + c, n);
  if (e->scale) v = multiply_add(v, load_first(e->scale + c, n), load_first(e->shift + c, n));
  if (e->add) v += load_first(e->add + pixel * e->add_pitch + c, n);
  if (e->clamp) v = at_most(at_least(v, splat(e->low)), splat(e->high));
  if (e->mask) v = masked(v, load_first(e->mask + pixel * e->mask_pitch + c, n), e->mask_limit);
  if (e->post_scale) v *= load_first(e->post_scale + c, n);
  store_first(t->data + pixel * t->pitch + c, v, n);
}
