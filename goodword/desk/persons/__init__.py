"""Who a person is to us: who may see them, what is known of them, which two are one."""
